package dev.sluice.console;

import dev.sluice.fhir.FhirException;
import dev.sluice.security.Access;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;

/** Leads browsers from the root to the console. Programs get JSON there, from another controller. */
@Controller
class HomeController {
    private static final String FIRST = "redirect:/console/jobs";

    @GetMapping(path = "/", produces = MediaType.TEXT_HTML_VALUE)
    @Access(Access.Rule.PUBLIC)
    String root() {
        return FIRST;
    }

    @GetMapping("/console")
    @Access(Access.Rule.CHECKED_BY_HANDLER)
    String console() {
        return FIRST;
    }

    /** Has a page that does not exist be told by a page. */
    @RequestMapping("/console/{*path}")
    @Access(Access.Rule.CHECKED_BY_HANDLER)
    String nothing(HttpServletRequest request) {
        throw FhirException.notFound("The console has no page " + request.getRequestURI() + ".");
    }
}
