import hashlib
import tomllib

from pipeline.web.pages import STATIC


def test_what_is_not_ours_is_what_its_manifest_says():
    folder = STATIC / "vendor"
    packages = tomllib.loads((folder / "manifest.toml").read_text())["package"]
    known = {name: sha256 for package in packages for name, sha256 in package["files"].items()}
    there = {file.name for file in folder.iterdir()} - {"manifest.toml"}
    assert there == set(known)
    for name, sha256 in known.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == sha256, name
    for package in packages:
        assert {"name", "version", "licence", "files"} == set(package)
        assert any(name.endswith(".LICENSE") for name in package["files"]), package["name"]
