package dev.sluice.cli;

import java.io.PrintWriter;
import java.util.Locale;

/**
 * Prints lines, perhaps for a terminal. Names in manifests and resources are written by others: no character of a line
 * moves the cursor, begins another line or changes the order of the text. Such characters are printed as their code, in
 * the form that JSON has too.
 */
final class TerminalOutput extends PrintWriter {
    private static final String ESCAPE = "\u001b[";
    private static final String CLEAR_LINE = "\r" + ESCAPE + "K";

    private final boolean terminal;
    private final boolean colored;

    /** Colours that the first word of a line can have. */
    enum Color {
        GREEN(32),
        RED(31),
        YELLOW(33);

        private final int code;

        Color(int code) {
            this.code = code;
        }
    }

    /** Prints to a file, or to another program. */
    TerminalOutput(PrintWriter out) {
        this(out, false, false);
    }

    /**
     * @param terminal whether a person sees it at once
     * @param colored whether it may have colours
     */
    TerminalOutput(PrintWriter out, boolean terminal, boolean colored) {
        super(out, true);
        this.terminal = terminal;
        this.colored = colored;
    }

    /**
     * Prints to a stream of the process. The JVM cannot tell where its streams lead to, so the launcher does.
     *
     * @param stream {@code out} or {@code err}
     */
    static TerminalOutput of(PrintWriter out, String stream) {
        boolean terminal = Boolean.getBoolean("sluice.terminal." + stream);
        boolean colored = System.getenv().getOrDefault("NO_COLOR", "").isEmpty()
                && !"dumb".equals(System.getenv().getOrDefault("TERM", ""));
        return new TerminalOutput(out, terminal, terminal && colored);
    }

    @Override
    public void println(String line) {
        super.println(escaped(line));
    }

    @Override
    public void println(Object line) {
        println(String.valueOf(line));
    }

    /** A line whose first word has a colour, where there are colours. */
    void println(Color color, String word, String rest) {
        if (colored) {
            super.print(ESCAPE + color.code + "m" + escaped(word) + ESCAPE + "0m");
            println(rest);
        } else {
            println(word + rest);
        }
    }

    boolean isTerminal() {
        return terminal;
    }

    /** On a terminal, shows a line in the place of the one that was shown before; an empty one removes it. */
    void show(String line) {
        if (terminal) {
            super.print(CLEAR_LINE + escaped(line));
            flush();
        }
    }

    private static String escaped(String line) {
        StringBuilder text = new StringBuilder(line.length());
        line.codePoints().forEach(character -> {
            if (isPlain(character)) {
                text.appendCodePoint(character);
            } else {
                for (char part : Character.toChars(character)) {
                    text.append(String.format(Locale.ROOT, "\\u%04x", (int) part));
                }
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
