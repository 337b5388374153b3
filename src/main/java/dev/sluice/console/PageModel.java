package dev.sluice.console;

import dev.sluice.security.Caller;
import dev.sluice.signin.SignedIn;
import dev.sluice.web.BaseUrl;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.info.BuildProperties;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ModelAttribute;

/** What every page has around its content. */
@ControllerAdvice(basePackageClasses = PageModel.class)
class PageModel {
    private final BaseUrl base;
    private final BuildProperties build;

    PageModel(BaseUrl base, BuildProperties build) {
        this.base = base;
        this.build = build;
    }

    /**
     * What every page has around its content.
     *
     * @param links the pages that the caller may open
     * @param person who is signed in; null = nobody, or nobody needs to
     * @param role what the person may do, in a word
     * @param base the FHIR base
     * @param version of this server
     */
    record Frame(
            List<Link> links,
            @Nullable String person,
            @Nullable String role,
            String base,
            String version) {}

    /**
     * An entry of the navigation.
     *
     * @param here whether the page is this one, or a page below it
     */
    record Link(String path, String text, boolean here) {}

    @ModelAttribute("frame")
    Frame frame(HttpServletRequest request) {
        Optional<Caller> caller = Caller.find(request);
        String page = request.getRequestURI().substring(request.getContextPath().length());
        List<Link> links = ConsolePages.all().stream()
                .filter(entry ->
                        caller.filter(known -> !known.equals(Caller.NOBODY)).isPresent()
                                && caller.get().permissions().operations().containsAll(entry.needs()))
                .map(entry -> new Link(entry.path(), entry.text(), isBelow(page, entry.path())))
                .toList();
        Optional<SignedIn> person = SignedIn.find(request);
        return new Frame(
                links,
                person.map(SignedIn::name).orElse(null),
                person.map(SignedIn::role).orElse(null),
                base.of(request),
                String.valueOf(build.getVersion()));
    }

    private static boolean isBelow(String page, String path) {
        return page.equals(path)
                || (page.startsWith(path + "/")
                        && ConsolePages.all().stream()
                                .noneMatch(
                                        other -> other.path().length() > path.length() && isBelow(page, other.path())));
    }
}
