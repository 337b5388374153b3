package dev.sluice.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Runs the commands of the jar that need no server: {@code verify} and {@code compare}.
 *
 * <p>Exit codes: 0 what was to be shown is true, 1 something differs, 2 wrong arguments or something that cannot be
 * read. For use by one thread; results go to the standard output, and what prevents them to the standard error.
 */
public final class Commands {
    private static final String USAGE = """
            Usage:
              java -jar sluice.jar verify <export> [--token <bearer>]
              java -jar sluice.jar compare <A> <B> [--versions] [--ignore-duplicates] [--token <bearer>]

            <export> is the URL of a manifest, a file with a manifest, or a folder with a manifest.json.
            <A> and <B> are the same, or a folder or a file with *.ndjson or *.ndjson.gz.
            """;

    private final PrintStream out;
    private final PrintStream err;

    Commands(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** Runs the command that the first argument names, and gives the exit code; empty if it names none. */
    public static OptionalInt run(String... args) {
        boolean named = args.length > 0 && Set.of("verify", "compare").contains(args[0]);
        return named ? OptionalInt.of(new Commands(System.out, System.err).exitCodeOf(args)) : OptionalInt.empty();
    }

    int exitCodeOf(String... args) {
        try {
            Arguments given = Arguments.parse(List.of(args).subList(1, args.length));
            return args[0].equals("verify") ? verify(given) : compare(given);
        } catch (UsageProblem e) {
            err.println(e.getMessage());
            err.print(USAGE);
        } catch (Unreadable e) {
            err.println(e.getMessage());
        }
        return 2;
    }

    private int verify(Arguments given) {
        given.allow(1, "--token");
        return new Verification(out).of(given.exports().at(given.place(0)));
    }

    private int compare(Arguments given) {
        given.allow(2, "--token", "--versions", "--ignore-duplicates");
        Comparison comparison = new Comparison(given.exports(), out);
        Report.Strictness strictness =
                new Report.Strictness(given.has("--versions"), !given.has("--ignore-duplicates"));
        return comparison.of(given.place(0), given.place(1), strictness);
    }

    /** Arguments that no command understands. */
    private static final class UsageProblem extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UsageProblem(String sentence) {
            super(sentence);
        }
    }

    /** The places and options after the command; only {@code --token} has a value. */
    private record Arguments(List<String> places, List<String> options, String token) {
        static Arguments parse(List<String> args) {
            List<String> places = new ArrayList<>();
            List<String> options = new ArrayList<>();
            String token = "";
            for (int i = 0; i < args.size(); i++) {
                String arg = args.get(i);
                if (!arg.startsWith("--")) {
                    places.add(arg);
                } else if (!arg.equals("--token")) {
                    options.add(arg);
                } else if (++i < args.size()) {
                    options.add(arg);
                    token = args.get(i);
                } else {
                    throw new UsageProblem("--token needs a value.");
                }
            }
            return new Arguments(places, options, token);
        }

        void allow(int count, String... known) {
            for (String option : options) {
                if (!Arrays.asList(known).contains(option)) {
                    throw new UsageProblem("There is no option " + option + " here.");
                }
            }
            if (places.size() != count) {
                throw new UsageProblem((count == 1 ? "One place is" : "Two places are") + " needed, not "
                        + (places.isEmpty() ? "none" : places) + ".");
            }
        }

        boolean has(String option) {
            return options.contains(option);
        }

        String place(int number) {
            return places.get(number);
        }

        Exports exports() {
            return new Exports(new Downloads(token));
        }
    }
}
