package dev.sluice.signin;

import dev.sluice.audit.Actor;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;

/** A sign-in that this server refuses. */
final class SignInException extends OAuth2AuthenticationException {
    private static final long serialVersionUID = 1L;

    private final SignInProblem problem;
    private final transient @Nullable Actor actor;

    SignInException(SignInProblem problem, @Nullable Actor actor, @Nullable Throwable cause) {
        super(new OAuth2Error(problem.name()), problem.sentence(), cause);
        this.problem = problem;
        this.actor = actor;
    }

    SignInProblem problem() {
        return problem;
    }

    /** Who was refused; null = not known. */
    @Nullable
    Actor actor() {
        return actor;
    }
}
