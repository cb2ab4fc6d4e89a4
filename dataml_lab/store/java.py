"""The Java of this machine, which Spark and Flink run on."""

import os
import subprocess
from pathlib import Path

JAVA = 17


def missing_java(system: str) -> str:
    """What there is instead of the Java that a system needs, and how to get that, or nothing."""
    version = java_version()
    found = f"found Java {version}" if version else "found none"
    advice = f"{system} needs Java {JAVA} or newer, {found}: on Debian or Ubuntu `apt install openjdk-17-jre-headless`"
    return "" if version >= JAVA else advice


def java_version() -> int:
    """The main version of the Java that would start; 0 without one."""
    home = os.environ.get("JAVA_HOME")
    program = str(Path(home, "bin", "java")) if home else "java"
    try:
        # Asked for as a property: the words of `java -version` differ from maker to maker.
        command = [program, "-XshowSettings:properties", "-version"]
        words = subprocess.run(command, capture_output=True, text=True, timeout=30).stderr
    except (OSError, subprocess.TimeoutExpired):
        return 0
    versions = [line.split("=")[1] for line in words.splitlines() if "java.specification.version =" in line]
    return int(float(versions[0])) if versions else 0
