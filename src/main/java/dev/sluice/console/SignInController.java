package dev.sluice.console;

import dev.sluice.security.Access;
import dev.sluice.security.Caller;
import dev.sluice.signin.SignIn;
import dev.sluice.signin.SignInPaths;
import dev.sluice.signin.SignInProblem;
import dev.sluice.signin.SignOut;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** The page that offers the sign-in, tells why one has failed, or how to set it up; and the sign-out. */
@Controller
class SignInController {
    private static final String JOBS = "redirect:/console/jobs";

    private final SignIn signIn;
    private final SignOut signOut;

    SignInController(SignIn signIn, SignOut signOut) {
        this.signIn = signIn;
        this.signOut = signOut;
    }

    /** With any method, since a request that has failed is forwarded to it. */
    @RequestMapping(SignInPaths.PAGE)
    @Access(Access.Rule.PUBLIC)
    String page(
            @RequestParam(name = SignInPaths.NEXT, required = false) @Nullable String next,
            HttpServletRequest request,
            Model model) {
        Optional<SignInProblem> problem = SignInProblem.find(request);
        if (!signIn.isNeeded()
                || (problem.isEmpty()
                        && Caller.find(request).filter(Caller::isKnown).isPresent())) {
            return JOBS;
        }
        model.addAttribute("problem", problem.map(SignInProblem::sentence).orElse(null));
        model.addAttribute("host", signIn.host().orElse(null));
        model.addAttribute("start", SignInPaths.START);
        model.addAttribute("next", next);
        return "console/signin";
    }

    /** The page that the browser is led to by the page itself: a form may not lead to another origin. */
    @PostMapping(SignInPaths.SIGN_OUT)
    @Access(Access.Rule.CHECKED_BY_HANDLER)
    String out(HttpServletRequest request, HttpServletResponse response, Model model) {
        Optional<String> provider = signOut.end(request, response);
        Caller.NOBODY.attachTo(request);
        if (provider.isEmpty()) {
            return "redirect:" + SignInPaths.PAGE;
        }
        model.addAttribute("leave", provider.get());
        return "console/signed-out";
    }
}
