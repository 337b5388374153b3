package dev.sluice.filter;

import dev.sluice.match.SearchEscaping;
import dev.sluice.match.ValueMatch.InvalidValueException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses the outer syntax of a {@code _typeFilter}: queries separated by commas, and percent-encoding within a query.
 */
final class FilterSyntax {
    private static final Pattern NEXT_QUERY = Pattern.compile("\\s*[A-Z][A-Za-z]*\\?");
    private static final Pattern LONE_PERCENT = Pattern.compile("%(?![0-9A-Fa-f]{2})");
    private static final Pattern ENCODED = Pattern.compile("[%&?\\s\\p{Z}\\p{Cntrl}]");
    private static final char REPLACEMENT = '\uFFFD';

    private FilterSyntax() {}

    /**
     * The queries of one value. A comma separates two queries only if {@code Type?} follows; any other comma separates
     * values, as in {@code code=a,b}.
     */
    static List<String> split(String value) {
        List<String> queries = new ArrayList<>();
        StringBuilder open = new StringBuilder();
        for (String part : SearchEscaping.split(value, ',')) {
            if (NEXT_QUERY.matcher(part).lookingAt() && !open.isEmpty()) {
                queries.add(open.substring(0, open.length() - 1).trim());
                open.setLength(0);
            }
            open.append(part).append(',');
        }
        queries.add(open.substring(0, open.length() - 1).trim());
        return queries;
    }

    /**
     * Decodes %XX. A '+' is kept, because it may be part of an instant's zone; a '%' without two digits is kept too.
     */
    static String decode(String text) throws InvalidValueException {
        String strict = LONE_PERCENT.matcher(text).replaceAll("%25").replace("+", "%2B");
        String plain = URLDecoder.decode(strict, StandardCharsets.UTF_8);
        if (plain.indexOf(REPLACEMENT) >= 0 && text.indexOf(REPLACEMENT) < 0) {
            throw new InvalidValueException("is not UTF-8 when its percent-encoding is undone");
        }
        return plain;
    }

    /** Encodes characters that have a meaning in the syntax: {@code % & ?}, all kinds of blanks, and control characters. */
    static String encode(String text) {
        return ENCODED.matcher(text).replaceAll(FilterSyntax::percent);
    }

    private static String percent(MatchResult match) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : match.group().getBytes(StandardCharsets.UTF_8)) {
            encoded.append(String.format(Locale.ROOT, "%%%02X", b));
        }
        return Matcher.quoteReplacement(encoded.toString());
    }
}
