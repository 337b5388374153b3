package dev.sluice.signin;

/** The paths of the sign-in. */
public final class SignInPaths {
    /** All pages of the console are below it. */
    public static final String CONSOLE = "/console";

    /** What pages load; it has no data. */
    static final String ASSETS = CONSOLE + "/assets/**";

    /** The page that offers the sign-in, and tells why one has failed. */
    public static final String PAGE = CONSOLE + "/signin";

    /** Leads to the provider. */
    public static final String START = PAGE + "/start";

    /** Where the provider sends the browser. */
    static final String CALLBACK = PAGE + "/callback";

    /** Ends a session, by POST. */
    public static final String SIGN_OUT = CONSOLE + "/signout";

    /** The parameter of the page and of the start: the page to show after it. */
    public static final String NEXT = "next";

    private SignInPaths() {}
}
