package dev.sluice.signin;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;

/** The page that a person wanted to see and that is shown after the sign-in. It is one of the console. */
final class NextPage {
    private static final String ATTRIBUTE = NextPage.class.getName();
    private static final int LONGEST = 1000;
    private static final Pattern FORM = Pattern.compile(SignInPaths.CONSOLE + "([/?][!-\\[\\]-~]*)?");

    private NextPage() {}

    /** The page in a text that may be of anybody. */
    static Optional<String> of(@Nullable String text) {
        return Optional.ofNullable(text)
                .filter(page -> page.length() <= LONGEST && FORM.matcher(page).matches());
    }

    /** The page that a request asks for. */
    static Optional<String> requested(HttpServletRequest request) {
        String path = request.getRequestURI().substring(request.getContextPath().length());
        String query = request.getQueryString();
        return of(query == null ? path : path + "?" + query);
    }

    /** Keeps the page for {@link #after}. */
    static void attach(OAuth2AuthorizationRequest begun, HttpServletRequest request) {
        Object page = begun.getAttributes().get(SignInPaths.NEXT);
        request.setAttribute(ATTRIBUTE, page);
    }

    /** Where a sign-in leads to. */
    static String after(HttpServletRequest request) {
        return of(request.getAttribute(ATTRIBUTE) instanceof String page ? page : null)
                .orElse(SignInPaths.CONSOLE);
    }
}
