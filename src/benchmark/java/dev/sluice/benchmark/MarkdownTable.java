package dev.sluice.benchmark;

import java.util.ArrayList;
import java.util.List;

/** A table as Markdown, its columns aligned, so that it reads well on a console too. The first column is text. */
final class MarkdownTable {
    private final List<List<String>> rows = new ArrayList<>();

    MarkdownTable(String... heads) {
        rows.add(List.of(heads));
    }

    void row(String... cells) {
        rows.add(List.of(cells));
    }

    @Override
    public String toString() {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                String space = " ".repeat(widths[i] - row.get(i).length());
                text.append("| ")
                        .append(isText(i) ? row.get(i) + space : space + row.get(i))
                        .append(' ');
            }
            text.append("|\n");
            if (row.equals(rows.get(0))) {
                rule(widths, text);
            }
        }
        return text.toString();
    }

    private void rule(int[] widths, StringBuilder text) {
        for (int i = 0; i < widths.length; i++) {
            text.append('|').append("-".repeat(widths[i] + 1)).append(isText(i) ? '-' : ':');
        }
        text.append("|\n");
    }

    private boolean isText(int column) {
        return column == 0 || column == rows.get(0).size() - 1;
    }
}
