package dev.sluice.console;

import dev.sluice.fhir.FhirException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.servlet.ModelAndView;

/** Turns whatever goes wrong on a page into a page that says so. */
@ControllerAdvice(basePackageClasses = PageErrors.class)
@Order(Ordered.HIGHEST_PRECEDENCE)
class PageErrors {
    private static final Logger log = LoggerFactory.getLogger(PageErrors.class);

    private final PageModel model;

    PageErrors(PageModel model) {
        this.model = model;
    }

    @ExceptionHandler
    ModelAndView problem(FhirException problem, HttpServletRequest request, HttpServletResponse response) {
        return page(
                problem.status(),
                problem.issues().stream().map(FhirException.Issue::diagnostics).toList(),
                request,
                response);
    }

    @ExceptionHandler
    ModelAndView fault(Exception fault, HttpServletRequest request, HttpServletResponse response) throws Exception {
        if (response.isCommitted()) {
            throw fault;
        }
        if (fault instanceof ErrorResponse refusal && refusal.getStatusCode().is4xxClientError()) {
            refusal.getHeaders().forEach((name, values) -> response.setHeader(name, String.join(", ", values)));
            return page(
                    refusal.getStatusCode().value(),
                    List.of(String.valueOf(refusal.getBody().getDetail())),
                    request,
                    response);
        }
        UUID id = UUID.randomUUID();
        log.error("The page {} has failed; it shows the id {}.", request.getRequestURI(), id, fault);
        return page(
                500,
                List.of("The server has failed on this page. Its log has the cause, under the id " + id + "."),
                request,
                response);
    }

    private ModelAndView page(
            int status, List<String> sentences, HttpServletRequest request, HttpServletResponse response) {
        response.setStatus(status);
        response.setHeader(HttpHeaders.CONTENT_TYPE, "text/html;charset=utf-8");
        ModelAndView page = new ModelAndView("console/error");
        page.addObject("title", title(status)).addObject("status", status).addObject("sentences", sentences);
        page.addObject("frame", model.frame(request));
        return page;
    }

    private static String title(int status) {
        return switch (status) {
            case 401 -> "You are not signed in";
            case 403 -> "You may not do this";
            case 404 -> "There is nothing here";
            case 409 -> "That is no longer possible";
            case 429 -> "Too many requests";
            case 503 -> "Not now";
            default -> {
                HttpStatus known = HttpStatus.resolve(status);
                yield status >= 500 || known == null ? "Something went wrong" : known.getReasonPhrase();
            }
        };
    }
}
