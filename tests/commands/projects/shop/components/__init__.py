"""Not hedgerow's components: this project has its own."""
