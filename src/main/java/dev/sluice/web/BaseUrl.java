package dev.sluice.web;

import dev.sluice.r4.OwnBases;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/** The public FHIR base of this server, which goes into headers and manifests. Without a slash at its end. */
@Component
public class BaseUrl implements OwnBases.Source {
    private static final String PATH = "/fhir";

    private final WebSettings settings;
    private final OwnBases configured;

    BaseUrl(WebSettings settings) {
        this.settings = settings;
        OwnBases others =
                OwnBases.of(settings.otherBases().stream().map(URI::toString).toList());
        this.configured = settings.baseUrl() == null
                ? others
                : others.and(settings.baseUrl().toString());
    }

    /**
     * The configured base; without one, where this request was sent to, by its {@code Host} header or by what a trusted
     * proxy says. {@link WebPageFilter} has checked either.
     */
    public String of(HttpServletRequest request) {
        return settings.baseUrl() == null
                ? ServletUriComponentsBuilder.fromContextPath(request)
                        .path(PATH)
                        .toUriString()
                : StringUtils.trimTrailingCharacter(settings.baseUrl().toString(), '/');
    }

    /** The configured base with the port of this process; without one, the base for a client on this machine. */
    public String onPort(String scheme, int port) {
        return settings.baseUrl() == null
                ? scheme + "://localhost:" + port + PATH
                : StringUtils.trimTrailingCharacter(settings.baseUrl().toString(), '/') + " on port " + port;
    }

    /** The URL of the token endpoint: {@code /oauth/token} beside the base. */
    public String tokenUrl(HttpServletRequest request) {
        return tokenUrl(of(request));
    }

    /** The same of a base that {@link #of} gave. */
    static String tokenUrl(String base) {
        URI url = URI.create(base);
        String path = url.getRawPath();
        return base.substring(0, base.length() - path.length())
                + path.substring(0, Math.max(0, path.lastIndexOf('/')))
                + "/oauth/token";
    }

    /**
     * Which bases of absolute references mean this server: {@code sluice.base-url} and {@code sluice.other-bases}; without
     * the former also the base of the request that this thread answers, if it answers one.
     */
    public OwnBases own() {
        return settings.baseUrl() == null && RequestContextHolder.getRequestAttributes() != null
                ? own(ServletUriComponentsBuilder.fromCurrentContextPath()
                        .path(PATH)
                        .toUriString())
                : configured;
    }

    /**
     * The same for work that a request left behind.
     *
     * @param requested the base of that request, as {@link #of} gave it; empty if there was none
     */
    @Override
    public OwnBases own(String requested) {
        return requested.isEmpty() ? own() : configured.and(requested);
    }
}
