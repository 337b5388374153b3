package dev.sluice.security;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Which jobs run first. An operator gives it to a client or to a job; a client cannot ask for it. */
public enum JobPriority {
    LOW(-1),
    NORMAL(0),
    HIGH(1);

    private final int level;

    JobPriority(int level) {
        this.level = level;
    }

    /** A number; that of a higher priority is greater. */
    public int level() {
        return level;
    }

    /** The name as it is written in settings and requests. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The priority with this name. */
    public static Optional<JobPriority> find(String text) {
        return Arrays.stream(values()).filter(each -> each.text().equals(text)).findFirst();
    }
}
