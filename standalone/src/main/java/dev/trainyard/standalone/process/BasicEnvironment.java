package dev.trainyard.standalone.process;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Environment variables that any program may need and that contain no secrets. */
public final class BasicEnvironment {
    static final Set<String> NAMES = Set.of(
            "PATH",
            "HOME",
            "USER",
            "LOGNAME",
            "SHELL",
            "LANG",
            "LANGUAGE",
            "LC_ALL",
            "LC_CTYPE",
            "LC_MESSAGES",
            "LC_NUMERIC",
            "LC_TIME",
            "LOCALE_ARCHIVE",
            "LOCPATH",
            "TZ",
            "TMPDIR",
            "LD_LIBRARY_PATH",
            "LD_PRELOAD",
            "GLIBC_TUNABLES",
            "SSL_CERT_FILE",
            "SSL_CERT_DIR",
            "JAVA_HOME",
            "JAVA_TOOL_OPTIONS",
            "JDK_JAVA_OPTIONS");

    private BasicEnvironment() {}

    /** Returns these variables from {@code environment}. */
    public static Map<String, String> of(Map<String, String> environment) {
        Map<String, String> basic = new TreeMap<>(environment);
        basic.keySet().retainAll(NAMES);
        return basic;
    }
}
