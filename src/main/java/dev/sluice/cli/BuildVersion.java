package dev.sluice.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The versions of Sluice and of Java. */
final class BuildVersion implements IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
        Properties build = new Properties();
        try (InputStream in = BuildVersion.class.getResourceAsStream("/META-INF/build-info.properties")) {
            if (in != null) { // absent where classes were compiled without Maven
                build.load(in);
            }
        }
        return new String[] {
            "Sluice " + build.getProperty("build.version", "of an unknown version") + " (Java " + Runtime.version()
                    + ")"
        };
    }
}
