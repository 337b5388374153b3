package dev.sluice;

import dev.sluice.cli.SluiceCommand;
import java.io.IOException;
import java.time.Clock;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableScheduling;

/** The main class: starts the server or runs another command. */
@SpringBootApplication
@ConfigurationPropertiesScan
@EnableScheduling
public class SluiceApplication {
    /**
     * Runs Sluice until the process is stopped; options are given as {@code --key=value}, after {@code serve} or without
     * it. If the first argument is anything else, it has to name a command; only that is run, and its result is the exit
     * code.
     */
    public static void main(String[] args) throws IOException {
        SluiceCommand.run(
                args,
                options -> SpringApplication.run(SluiceApplication.class, options),
                ClientDatabase::open,
                Doctor::examine,
                WorkerProcess::run,
                Clock.systemUTC());
    }

    /** The clock of this machine, for the age of files only. All other code uses the database's clock. */
    @Bean(defaultCandidate = false)
    Clock systemClock() {
        return Clock.systemUTC();
    }
}
