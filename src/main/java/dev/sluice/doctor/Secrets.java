package dev.sluice.doctor;

import java.util.regex.Pattern;

/** Takes secrets out of messages for the operator. Those of libraries may quote a URL or a connection string. */
public final class Secrets {
    /** The key may be part of a longer one, such as azure.clientSecret. */
    private static final Pattern PARAMETER = Pattern.compile("(?i)(password|passwd|pwd|secret|token)=[^&\\s]+");

    /** In the connection string of a storage account, and in a signed URL. */
    private static final Pattern STORAGE = Pattern.compile("(?i)(accountkey|accesskey|signature|\\bsig)=[^&;\\s'\"]+");

    private static final Pattern USER_OF_URL = Pattern.compile("://[^\\s/?]+@");

    private Secrets() {}

    /** Returns the text with … in the place of each secret. */
    public static String masked(String text) {
        String parameters = PARAMETER.matcher(text).replaceAll("$1=…");
        String storage = STORAGE.matcher(parameters).replaceAll("$1=…");
        return USER_OF_URL.matcher(storage).replaceAll("://…@");
    }
}
