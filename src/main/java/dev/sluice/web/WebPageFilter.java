package dev.sluice.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses requests that a web page of a stranger makes a browser send: to a name that is not one of the server, or from
 * a page of another origin. Programs that are no browsers send neither {@code Origin} nor {@code Sec-Fetch-Site}.
 *
 * @see <a href="https://www.w3.org/TR/fetch-metadata/">Fetch Metadata</a>
 */
@Component
@Order(FilterOrder.WEB_PAGE)
class WebPageFilter extends OncePerRequestFilter {
    private static final int MISDIRECTED = 421;
    private static final String CONSOLE = "/console";
    private static final int LAST_PORT = 65_535;

    private final ServedHosts hosts;
    private final Set<String> origins = new HashSet<>();

    WebPageFilter(ServedHosts hosts, CorsSettings cors, WebSettings base) {
        this.hosts = hosts;
        origins.addAll(cors.with(base.baseUrl()));
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (!isServed(request)) {
            OperationOutcomes.write(
                    response,
                    MISDIRECTED,
                    "This server does not answer under the name '" + request.getServerName()
                            + "'. It answers under localhost, the host of sluice.base-url, and the names in"
                            + " sluice.web.allowed-hosts.");
        } else if (!isUrl(request)) {
            OperationOutcomes.write(
                    response,
                    400,
                    "The request was forwarded for a URL that cannot be: its scheme is not http or https, or its port or"
                            + " its prefix is not valid. The proxy sets the headers Forwarded or X-Forwarded-*.");
        } else if (isFromAStranger(request) && !isLinkToPage(request)) {
            OperationOutcomes.write(
                    response,
                    403,
                    "The request comes from a web page of another origin. This server serves pages of the origins in"
                            + " sluice.web.cors.allowed-origins.");
        } else {
            chain.doFilter(request, response);
        }
    }

    /** A request of HTTP/1.0 may have no host: then the name is that of the machine. A browser always sends a host. */
    private boolean isServed(HttpServletRequest request) {
        String name = request.getServerName();
        return hosts.contains(name)
                || (request.getHeader(HttpHeaders.HOST) == null && name.equals(request.getLocalName()));
    }

    /** A proxy may say anything of the URL that it was asked for; URLs in answers begin with it. */
    private static boolean isUrl(HttpServletRequest request) {
        int port = request.getServerPort();
        return Set.of("http", "https").contains(request.getScheme())
                && port > 0
                && port <= LAST_PORT
                && request.getContextPath().matches("(/[A-Za-z0-9._~-]+)*");
    }

    private boolean isFromAStranger(HttpServletRequest request) {
        if (origins.contains(CorsConfiguration.ALL)) {
            return false;
        }
        List<String> from = Collections.list(request.getHeaders(HttpHeaders.ORIGIN));
        return from.isEmpty()
                ? "cross-site".equals(request.getHeader("Sec-Fetch-Site"))
                : !from.stream().allMatch(origin -> origins.contains(origin) || origin.equals(own(request)));
    }

    /**
     * A link to a page of the console, also from the provider that a person has signed in with. Pages change nothing when
     * they are shown, no other page can read them, and they are shown in no frame.
     */
    private static boolean isLinkToPage(HttpServletRequest request) {
        String path = request.getRequestURI().substring(request.getContextPath().length());
        return request.getMethod().equals("GET")
                && (path.equals("/") || path.equals(CONSOLE) || path.startsWith(CONSOLE + "/"))
                && request.getHeader(HttpHeaders.ORIGIN) == null
                && "navigate".equals(request.getHeader("Sec-Fetch-Mode"))
                && "document".equals(request.getHeader("Sec-Fetch-Dest"));
    }

    /** The origin of a page of this server. */
    private static String own(HttpServletRequest request) {
        return CorsSettings.origin(request.getScheme(), request.getServerName(), request.getServerPort());
    }
}
