package dev.sluice.cli;

import java.io.PrintWriter;
import java.util.Locale;

/**
 * Prints lines for a terminal. Names in manifests and resources are written by others: no character of a line moves the
 * cursor, begins another line or changes the order of the text. Such characters are printed as their code.
 */
final class TerminalOutput extends PrintWriter {
    TerminalOutput(PrintWriter out) {
        super(out, true);
    }

    @Override
    public void println(String line) {
        super.println(escaped(line));
    }

    @Override
    public void println(Object line) {
        println(String.valueOf(line));
    }

    private static String escaped(String line) {
        StringBuilder text = new StringBuilder(line.length());
        line.codePoints().forEach(character -> {
            if (isPlain(character)) {
                text.appendCodePoint(character);
            } else {
                text.append(String.format(Locale.ROOT, "\\u%04x", character));
            }
        });
        return text.toString();
    }

    private static boolean isPlain(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> false;
            default -> true;
        };
    }
}
