package dev.sluice.web;

import org.springframework.core.Ordered;

/** The order of the filters of this package: each one relies on those before it. */
final class FilterOrder {
    static final int RESPONSE_HEADERS = Ordered.HIGHEST_PRECEDENCE + 10;
    static final int FORWARDED = RESPONSE_HEADERS + 1;
    static final int WEB_PAGE = FORWARDED + 1;
    static final int CORS = WEB_PAGE + 1;
    static final int REQUEST_TARGET = CORS + 1;
    static final int TRAILING_SLASH = REQUEST_TARGET + 1;
    static final int FORMAT = TRAILING_SLASH + 1;

    private FilterOrder() {}
}
