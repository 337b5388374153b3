package dev.sluice.signin;

import dev.sluice.audit.Act;
import dev.sluice.audit.Activity;
import dev.sluice.audit.Actor;
import dev.sluice.audit.Audit;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.util.Objects;
import org.apache.commons.lang3.StringUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.web.authentication.AuthenticationFailureHandler;
import org.springframework.security.web.authentication.AuthenticationSuccessHandler;
import org.springframework.stereotype.Component;

/** What follows a sign-in, and one that has failed. */
@Component
class SignInHandlers implements AuthenticationSuccessHandler, AuthenticationFailureHandler {
    private static final Logger log = LoggerFactory.getLogger(SignInHandlers.class);
    /** What the browser brings as the text of the provider can be of anybody. */
    private static final int LONGEST_TEXT = 300;

    private static final String NOT_BEGUN = "authorization_request_not_found";

    private final Audit audit;

    SignInHandlers(Audit audit) {
        this.audit = audit;
    }

    /** A sign-in that is not recorded has not succeeded. */
    @Override
    public void onAuthenticationSuccess(
            HttpServletRequest request, HttpServletResponse response, Authentication authentication)
            throws IOException, ServletException {
        Person person = (Person) Objects.requireNonNull(authentication.getPrincipal());
        try {
            audit.record(
                    person.actor(request.getRemoteAddr()),
                    Act.of(Activity.SIGNED_IN, null).with(person.role().text()));
        } catch (RuntimeException e) {
            log.error("The sign-in of {} cannot be recorded", person.client(), e);
            HttpSession session = request.getSession(false);
            if (session != null) {
                session.invalidate();
            }
            SecurityContextHolder.clearContext();
            show(SignInProblem.SERVER_AWAY, request, response);
            return;
        }
        response.sendRedirect(request.getContextPath() + NextPage.after(request));
    }

    @Override
    public void onAuthenticationFailure(
            HttpServletRequest request, HttpServletResponse response, AuthenticationException fault)
            throws IOException, ServletException {
        SignInProblem problem = problem(fault);
        Actor actor = refused(fault);
        if (actor != null && actor.issuer() != null && actor.client() != null) {
            Actor.identify(request, actor.issuer(), actor.client());
        }
        log.warn("A sign-in from {} was refused ({}): {}", request.getRemoteAddr(), problem, text(fault));
        show(problem, request, response);
    }

    /** Shows the page of the sign-in with a problem. */
    static void show(SignInProblem problem, HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        problem.attachTo(request);
        response.setStatus(problem.status());
        request.getRequestDispatcher(SignInPaths.PAGE).forward(request, response);
    }

    private static @Nullable Actor refused(AuthenticationException fault) {
        SignInException own = find(fault, SignInException.class);
        return own == null ? null : own.actor();
    }

    private static SignInProblem problem(AuthenticationException fault) {
        SignInException own = find(fault, SignInException.class);
        if (own != null) {
            return own.problem();
        }
        if (find(fault, IOException.class) != null) {
            return SignInProblem.PROVIDER_AWAY;
        }
        return switch (code(fault)) {
            case NOT_BEGUN -> SignInProblem.EXPIRED;
            case OAuth2ErrorCodes.ACCESS_DENIED -> SignInProblem.DENIED;
            default -> SignInProblem.NOT_VALID;
        };
    }

    /** The code of an error of OAuth; empty if it is none. */
    private static String code(AuthenticationException fault) {
        return fault instanceof OAuth2AuthenticationException told
                ? told.getError().getErrorCode()
                : "";
    }

    private static String text(AuthenticationException fault) {
        String message =
                String.valueOf(NestedExceptionUtils.getMostSpecificCause(fault).getMessage());
        String code = code(fault);
        return StringUtils.abbreviate(code.isEmpty() ? message : code + ": " + message, LONGEST_TEXT);
    }

    private static <T extends Throwable> @Nullable T find(@Nullable Throwable fault, Class<T> type) {
        return fault == null || type.isInstance(fault) ? type.cast(fault) : find(fault.getCause(), type);
    }
}
