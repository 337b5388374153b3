package dev.sluice.view;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.lang3.StringUtils;

/**
 * The tokens of a FHIRPath expression, in order.
 *
 * @see <a href="https://hl7.org/fhirpath/N1/grammar.html">the grammar of FHIRPath</a>
 */
final class PathTokens {
    private static final int LONGEST = 10_000;
    private static final int LONGEST_QUOTE = 40;

    private static final Pattern TOKEN = Pattern.compile("(?<space>\\s+|//[^\\n]*|/\\*[\\s\\S]*?\\*/)"
            + "|(?<time>@T\\d{2}(:\\d{2}(:\\d{2}(\\.\\d+)?)?)?)"
            + "|(?<date>@\\d{4}(-\\d{2}(-\\d{2})?)?(T(\\d{2}(:\\d{2}(:\\d{2}(\\.\\d+)?)?)?)?(Z|[+-]\\d{2}:\\d{2})?)?)"
            + "|(?<number>\\d+(\\.\\d+)?)"
            + "|(?<string>'(?:[^'\\\\]|\\\\.)*+')"
            + "|(?<name>[A-Za-z_][A-Za-z0-9_]*|`(?:[^`\\\\]|\\\\.)*+`)"
            + "|(?<constant>%(?:[A-Za-z_][A-Za-z0-9_]*|`(?:[^`\\\\]|\\\\.)*+`|'(?:[^'\\\\]|\\\\.)*+'))"
            + "|(?<variable>\\$[A-Za-z]+)"
            + "|(?<symbol>!=|!~|<=|>=|[()\\[\\]{}.,|&+\\-*/=~<>])");

    /** What a token is. */
    enum Kind {
        TIME,
        DATE,
        NUMBER,
        STRING,
        NAME,
        CONSTANT,
        VARIABLE,
        SYMBOL,
        END
    }

    /**
     * One token.
     *
     * @param text without quotes and escapes; of a literal of a time, without {@code @}
     * @param quoted whether a name was written in backquotes, so that it is no keyword
     * @param at its first character, from 1
     */
    record Token(Kind kind, String text, boolean quoted, int at) {
        boolean is(String word) {
            return (kind == Kind.SYMBOL || (kind == Kind.NAME && !quoted)) && text.equals(word);
        }

        @Override
        public String toString() {
            return kind == Kind.END ? "the end" : "'" + StringUtils.abbreviate(text, LONGEST_QUOTE) + "' at " + at;
        }
    }

    private final List<Token> tokens;
    private int next;

    private PathTokens(List<Token> tokens) {
        this.tokens = tokens;
    }

    /** @throws PathFaultException if the text has a character that no token begins with */
    static PathTokens of(String text) {
        if (text.length() > LONGEST) {
            throw new PathFaultException("the expression has more than " + LONGEST + " characters");
        }
        List<Token> tokens = new ArrayList<>();
        Matcher matcher = TOKEN.matcher(text);
        int at = 0;
        while (at < text.length()) {
            matcher.region(at, text.length());
            if (!matcher.lookingAt()) {
                throw new PathFaultException("'" + StringUtils.abbreviate(text.substring(at), LONGEST_QUOTE) + "' at "
                        + (at + 1) + " is no FHIRPath");
            }
            if (matcher.group("space") == null) {
                tokens.add(token(matcher, at + 1));
            }
            at = matcher.end();
        }
        tokens.add(new Token(Kind.END, "", false, text.length() + 1));
        return new PathTokens(tokens);
    }

    private static Token token(Matcher matcher, int at) {
        String text = matcher.group();
        char first = text.charAt(0);
        if (matcher.group("name") != null) {
            return new Token(Kind.NAME, first == '`' ? unescaped(text) : text, first == '`', at);
        }
        if (matcher.group("string") != null) {
            return new Token(Kind.STRING, unescaped(text), true, at);
        }
        if (matcher.group("constant") != null) {
            String name = text.substring(1);
            boolean plain = Character.isJavaIdentifierStart(name.charAt(0));
            return new Token(Kind.CONSTANT, plain ? name : unescaped(name), false, at);
        }
        if (matcher.group("time") != null) {
            return new Token(Kind.TIME, text.substring(2), false, at);
        }
        if (matcher.group("date") != null) {
            return new Token(Kind.DATE, text.substring(1), false, at);
        }
        if (matcher.group("number") != null) {
            return new Token(Kind.NUMBER, text, false, at);
        }
        return new Token(matcher.group("variable") != null ? Kind.VARIABLE : Kind.SYMBOL, text, false, at);
    }

    private static String unescaped(String quoted) {
        StringBuilder text = new StringBuilder();
        for (int i = 1; i < quoted.length() - 1; i++) {
            char c = quoted.charAt(i);
            if (c != '\\') {
                text.append(c);
                continue;
            }
            c = quoted.charAt(++i);
            if (c == 'u') {
                text.append(unicode(quoted, i + 1));
                i += 4;
            } else {
                text.append(
                        switch (c) {
                            case 'n' -> '\n';
                            case 'r' -> '\r';
                            case 't' -> '\t';
                            case 'f' -> '\f';
                            case '\\', '\'', '"', '`', '/' -> c;
                            default -> throw new PathFaultException("\\" + c + " is no escape of FHIRPath");
                        });
            }
        }
        return text.toString();
    }

    private static char unicode(String quoted, int from) {
        try {
            return (char) Integer.parseInt(quoted.substring(from, Math.min(from + 4, quoted.length() - 1)), 16);
        } catch (NumberFormatException e) {
            throw new PathFaultException("\\u needs four hexadecimal digits");
        }
    }

    Token peek() {
        return tokens.get(next);
    }

    Token take() {
        return tokens.get(next == tokens.size() - 1 ? next : next++);
    }

    /** Takes the next token if it is this symbol or keyword. */
    boolean take(String word) {
        if (!peek().is(word)) {
            return false;
        }
        next++;
        return true;
    }

    /** Takes this symbol. */
    void require(String symbol) {
        if (!take(symbol)) {
            throw new PathFaultException("'" + symbol + "' is missing before " + peek());
        }
    }
}
