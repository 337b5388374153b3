package dev.sluice.console;

import dev.sluice.audit.RefusedCalls;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.DispatcherServlet;

/**
 * The HTTP API of this server, as the pages use it: inside of the process, and as the caller who sent the request for the
 * page. So a page can do nothing that this caller could not do by HTTP, the audit log has the same events, and errors have
 * the same sentences.
 */
@Component
class Api {
    private final ObjectProvider<DispatcherServlet> servlet;

    Api(ObjectProvider<DispatcherServlet> servlet) {
        this.servlet = servlet;
    }

    /** The answer to a call, of an error too. It must be short: it is in memory. */
    ApiAnswer send(ApiCall call, HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        return answer(new ApiRequest(request, call), request, response);
    }

    /** The answer to a call whose body is that of the request for the page. */
    ApiAnswer load(ApiCall call, HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        return answer(new ImportPageController.LoadRequest(request, call), request, response);
    }

    /** The page can have another status; the audit log has the refusal all the same. */
    private ApiAnswer answer(ApiRequest call, HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        ApiResponse taken = new ApiResponse(response);
        servlet.getObject().service(call, taken);
        ApiAnswer answer = taken.answer();
        RefusedCalls.note(request, answer.status());
        return answer;
    }

    /** Has the API answer the request for the page itself, as it must for a large file. */
    void pass(ApiCall call, HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        servlet.getObject().service(new ApiRequest(request, call), response);
    }
}
