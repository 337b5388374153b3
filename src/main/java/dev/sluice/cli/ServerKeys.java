package dev.sluice.cli;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The keys of the server, by which a command finds its database. */
final class ServerKeys {
    private ServerKeys() {}

    /** An option that is not known here must not pass for a key. */
    static void check(CommandSpec spec, List<String> settings) {
        for (String setting : settings) {
            if (!setting.matches("--(spring|sluice|server|management|logging)\\..+=.*")) {
                String nearest = SluiceCommand.nearestOption(spec, setting);
                throw new ParameterException(
                        spec.commandLine(),
                        "'" + setting + "' is no option of the command " + spec.name()
                                + ", and no key of the server such as"
                                + " --spring.datasource.url=jdbc:postgresql://<host>/<database>" + nearest);
            }
        }
    }

    /** What the database, or what is in it, does not allow. */
    static CliException fault(RuntimeException e) {
        return new CliException(e.getMessage() + (String.valueOf(e.getMessage()).endsWith(".") ? "" : "."));
    }
}
