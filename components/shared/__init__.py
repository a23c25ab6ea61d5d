"""What components of every cloud share: checked inputs, the platform contract, class presets."""
