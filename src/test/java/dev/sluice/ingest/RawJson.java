package dev.sluice.ingest;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * JSON as text, made at random: odd but valid, once with white space strewn between its tokens and once without. What the
 * text means plays no part, so it can say what a copy without white space has to be.
 */
final class RawJson {
    /** One text in its two forms. */
    record Text(String messy, String minified) {}

    /** A member of an object: its name with quotes, and its value. */
    record Member(String name, Text value) {}

    private static final List<String> SCALARS = List.of(
            "true",
            "false",
            "null",
            "0",
            "-0",
            "1.00",
            "-0.0",
            "1E-22",
            "1e+5",
            "1E5",
            "0.10",
            "12345678901234567890123",
            "3.141592653589793238462643383279502884197");
    private static final List<String> PIECES = List.of(
            "a",
            "Z",
            " ",
            "  ",
            "é",
            "ß",
            "\u2028",
            "\u0085",
            "\uD83D\uDE00",
            "\uD840\uDC00",
            "\uFFFD",
            "\\u00e9",
            "\\/",
            "/",
            "\\\"",
            "\\\\",
            "\\n",
            "\\t",
            "\\u0000",
            "\\ud800",
            "\\uD83D\\uDE00",
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "'",
            "\\\\\\\"",
            "\\u0022");
    private static final List<String> SPACES = List.of("", "", "", " ", "\n", "\t", "\r\n", "  \n ");

    private final Random random;

    RawJson(long seed) {
        this.random = new Random(seed);
    }

    /** An object with these members in between others, in any order. */
    Text object(List<Member> members) {
        List<String> messy = new ArrayList<>();
        List<String> minified = new ArrayList<>();
        for (Member member : members) {
            messy.add(space() + member.name() + space() + ":" + space()
                    + member.value().messy() + space());
            minified.add(member.name() + ":" + member.value().minified());
        }
        return new Text(
                "{" + (messy.isEmpty() ? space() : String.join(",", messy)) + "}",
                "{" + String.join(",", minified) + "}");
    }

    /** Members with names that are not used otherwise. */
    List<Member> members(int depth) {
        return IntStream.range(0, random.nextInt(5))
                .mapToObj(i -> new Member("\"" + (char) ('p' + i) + name() + "\"", value(depth)))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    Text value(int depth) {
        return switch (depth == 0 ? random.nextInt(2) : random.nextInt(4)) {
            case 0 -> same(pick(SCALARS));
            case 1 -> same("\"" + chars() + "\"");
            case 2 -> array(depth);
            default -> object(members(depth - 1));
        };
    }

    static Text same(String token) {
        return new Text(token, token);
    }

    <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    String space() {
        return pick(SPACES);
    }

    /** Puts a member anywhere among others. */
    void insert(List<Member> members, Member member) {
        members.add(random.nextInt(members.size() + 1), member);
    }

    private Text array(int depth) {
        List<Text> items = IntStream.range(0, random.nextInt(4))
                .mapToObj(i -> value(depth - 1))
                .toList();
        String messy =
                items.stream().map(item -> space() + item.messy() + space()).collect(Collectors.joining(","));
        String minified = items.stream().map(Text::minified).collect(Collectors.joining(","));
        return new Text("[" + (items.isEmpty() ? space() : messy) + "]", "[" + minified + "]");
    }

    /** Half a surrogate pair is taken in a value, but not in a name. */
    private String name() {
        return chars().replace("\\ud800", "");
    }

    private String chars() {
        return IntStream.range(0, random.nextInt(6)).mapToObj(i -> pick(PIECES)).collect(Collectors.joining());
    }
}
