package dev.sluice.security;

import dev.sluice.fhir.FhirException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/** Applies the {@link Access} rule of a handler, and denies a handler that has none. */
@Component
class AccessInterceptor implements HandlerInterceptor {
    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (handler instanceof HandlerMethod method) {
            Access.Rule rule = rule(method);
            if (rule != Access.Rule.PUBLIC) {
                Caller caller = Caller.of(request);
                if (caller.equals(Caller.NOBODY)) { // another handler has the path that is public
                    throw SecurityConfiguration.noToken(response);
                }
                require(rule, caller);
            }
        }
        return true;
    }

    // The rule of the method, or else of its class.
    static Access.@Nullable Rule rule(HandlerMethod method) {
        return Optional.ofNullable(AnnotatedElementUtils.findMergedAnnotation(method.getMethod(), Access.class))
                .or(() -> Optional.ofNullable(
                        AnnotatedElementUtils.findMergedAnnotation(method.getBeanType(), Access.class)))
                .map(Access::value)
                .orElse(null);
    }

    private static void require(Access.@Nullable Rule rule, Caller caller) {
        if (rule == null || !allows(rule, caller)) {
            String needed = rule == null ? "" : ", which needs the permission to " + words(rule);
            throw FhirException.of(403, "forbidden", "The access token does not allow this operation" + needed + ".");
        }
    }

    private static boolean allows(Access.Rule rule, Caller caller) {
        return switch (rule) {
            case PUBLIC -> true;
            case CHECKED_BY_HANDLER -> !caller.equals(Caller.NOBODY);
            case EXPORT -> caller.permissions().allow(Operation.EXPORT);
            case IMPORT -> caller.permissions().allow(Operation.IMPORT);
            case EXPORT_OR_ADMINISTER -> caller.permissions().allow(Operation.EXPORT) || caller.changesAllJobs();
            case IMPORT_OR_ADMINISTER -> caller.permissions().allow(Operation.IMPORT) || caller.changesAllJobs();
            case VIEW -> caller.seesAllJobs();
            case ADMINISTER -> caller.permissions().allow(Operation.ADMINISTER);
        };
    }

    private static String words(Access.Rule rule) {
        return switch (rule) {
            case PUBLIC, CHECKED_BY_HANDLER -> "use the server";
            case EXPORT, EXPORT_OR_ADMINISTER -> "export";
            case IMPORT, IMPORT_OR_ADMINISTER -> "import";
            case VIEW -> "see jobs";
            case ADMINISTER -> "administer";
        };
    }
}
