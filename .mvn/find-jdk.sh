# Sourced by `waybill` and `mvnw`. find_jdk prints the home of a JDK of the release this build needs, or nothing.
# It reads each JDK's `release` file instead of starting it, so a look at every usual place takes milliseconds.

WAYBILL_JDK_RELEASE=25

is_wanted_jdk() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] &&
    grep -q "^JAVA_VERSION=\"$WAYBILL_JDK_RELEASE[.\"+-]" "$1/release"
}

# A command on PATH is usually a chain of symbolic links into the JDK's bin directory.
jdk_home_of_path() {
  command=$(command -v javac 2>/dev/null) || return 1
  while [ -L "$command" ]; do
    target=$(readlink "$command")
    case $target in
    /*) command=$target ;;
    *) command=$(dirname "$command")/$target ;;
    esac
  done
  (cd "$(dirname "$command")/.." && pwd -P)
}

find_jdk() {
  set +f # mvnw runs with file name patterns switched off
  for home in "${JAVA_HOME-}" "$(jdk_home_of_path)" \
    /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "${HOME-}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    "${SDKMAN_DIR:-${HOME-}/.sdkman}"/candidates/java/* "${HOME-}"/.jdks/*; do
    if [ -n "$home" ] && is_wanted_jdk "$home"; then
      printf '%s\n' "$home"
      return 0
    fi
  done
  return 1
}
