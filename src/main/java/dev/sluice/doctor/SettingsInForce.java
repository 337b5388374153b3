package dev.sluice.doctor;

import java.util.List;

/** What the settings of this process are, and where each comes from. */
public interface SettingsInForce {
    /** All of them, by their names. */
    List<Setting> list();

    /**
     * A setting. Secrets are masked.
     *
     * @param key its name
     * @param value its value
     * @param source where it comes from, for people
     * @param given whether somebody has set it, so that it is not the default
     */
    record Setting(String key, String value, String source, boolean given) {}
}
