package dev.sluice.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * Runs the commands of the jar that need no server, {@code verify} and {@code compare}, and says what it can do.
 *
 * <p>Exit codes: 0 what was to be shown is true, or help was asked for, 1 something differs, 2 wrong arguments or something that cannot be
 * read. For use by one thread; results go to the standard output, and what prevents them to the standard error.
 */
public final class Commands {
    private static final String SERVE = "serve";

    private final PrintStream out;
    private final PrintStream err;

    Commands(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /**
     * Runs what the arguments ask for, and gives the exit code; empty if that is the server, which is asked for by
     * {@code serve} or by options alone.
     */
    public static OptionalInt run(String... args) {
        return new Commands(System.out, System.err).exitCodeOf(args);
    }

    /** The arguments that are the server's options, each {@code --key=value}. */
    public static String[] serverOptions(String... args) {
        return isServer(args) && args.length > 0 && args[0].equals(SERVE)
                ? Arrays.copyOfRange(args, 1, args.length)
                : args;
    }

    OptionalInt exitCodeOf(String... args) {
        List<String> given = List.of(args);
        if (given.contains("--version")) {
            out.println(Usage.version());
            return OptionalInt.of(0);
        }
        if (given.contains("--help") || given.contains("-h")) {
            out.print(Usage.isCommand(args[0]) ? Usage.of(args[0]) : Usage.ofAll());
            return OptionalInt.of(0);
        }
        try {
            return isServer(args) ? checkOptions(serverOptions(args)) : OptionalInt.of(runCommand(args));
        } catch (UsageProblem e) {
            err.println(e.getMessage());
            err.print(Usage.isCommand(args[0]) ? Usage.of(args[0]) : Usage.ofAll());
        } catch (CliException e) {
            err.println(e.getMessage());
        }
        return OptionalInt.of(2);
    }

    private static boolean isServer(String... args) {
        return args.length == 0 || args[0].startsWith("--") || args[0].equals(SERVE);
    }

    /** The server would take no notice of what is no option, and start without it. */
    private static OptionalInt checkOptions(String... options) {
        for (String option : options) {
            if (!option.startsWith("--")) {
                throw new UsageProblem(
                        "'" + option + "' is no option of the server; options are --<key>=<value>, such as"
                                + " --server.port=8081.");
            }
        }
        return OptionalInt.empty();
    }

    private int runCommand(String... args) {
        if (!Usage.isCommand(args[0])) {
            throw new UsageProblem(Usage.unknownCommand(args[0]));
        }
        Arguments given = Arguments.parse(List.of(args).subList(1, args.length));
        return args[0].equals("verify") ? verify(given) : compare(given);
    }

    private int verify(Arguments given) {
        given.allow(1, "--token");
        return new Verification(out).of(given.locator().at(given.place(0)));
    }

    private int compare(Arguments given) {
        given.allow(2, "--token", "--versions", "--ignore-duplicates");
        Comparison comparison = new Comparison(given.locator(), out);
        ComparisonReport.Strictness strictness =
                new ComparisonReport.Strictness(given.has("--versions"), !given.has("--ignore-duplicates"));
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

        ExportLocator locator() {
            return new ExportLocator(new HttpDownloader(token));
        }
    }
}
