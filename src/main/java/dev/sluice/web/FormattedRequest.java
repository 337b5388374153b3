package dev.sluice.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/** A request without {@code _format} and {@code _pretty}; the former wins over the {@code Accept} header. */
class FormattedRequest extends HttpServletRequestWrapper {
    private static final List<String> JSON = List.of("application/fhir+json");

    private final Map<String, String[]> parameters;
    private final boolean format;

    FormattedRequest(HttpServletRequest request) {
        super(request);
        this.parameters = new LinkedHashMap<>(request.getParameterMap());
        this.format = parameters.remove(FormatFilter.FORMAT) != null;
        parameters.remove(FormatFilter.PRETTY);
    }

    @Override
    public Map<String, String[]> getParameterMap() {
        return Collections.unmodifiableMap(parameters);
    }

    @Override
    public String @Nullable [] getParameterValues(String name) {
        return parameters.get(name);
    }

    @Override
    public @Nullable String getParameter(String name) {
        String[] values = parameters.get(name);
        return values == null ? null : values[0];
    }

    @Override
    public Enumeration<String> getParameterNames() {
        return Collections.enumeration(parameters.keySet());
    }

    @Override
    public @Nullable String getHeader(String name) {
        return isReplaced(name) ? JSON.get(0) : super.getHeader(name);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
        return isReplaced(name) ? Collections.enumeration(JSON) : super.getHeaders(name);
    }

    @Override
    public Enumeration<String> getHeaderNames() {
        Set<String> names = new LinkedHashSet<>(Collections.list(super.getHeaderNames()));
        if (format) {
            names.removeIf(this::isReplaced);
            names.add(HttpHeaders.ACCEPT);
        }
        return Collections.enumeration(names);
    }

    private boolean isReplaced(String name) {
        return format && name.equalsIgnoreCase(HttpHeaders.ACCEPT);
    }
}
