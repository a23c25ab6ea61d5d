from pathlib import Path

from policies.pack import serve

serve(Path(__file__).parent)
