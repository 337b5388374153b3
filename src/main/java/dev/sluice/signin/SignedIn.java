package dev.sluice.signin;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import org.springframework.security.core.Authentication;

/**
 * Who is signed in, for pages.
 *
 * @param name how the person is called
 * @param role what the person may do, in a word
 */
public record SignedIn(String name, String role) {
    /** The person who sends a request; empty if nobody is signed in. */
    public static Optional<SignedIn> find(HttpServletRequest request) {
        return request.getUserPrincipal() instanceof Authentication known
                        && known.getPrincipal() instanceof Person person
                ? Optional.of(new SignedIn(person.getName(), person.role().text()))
                : Optional.empty();
    }
}
