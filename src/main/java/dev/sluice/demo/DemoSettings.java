package dev.sluice.demo;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The setting of the sample population.
 *
 * @param demo whether to load it into an empty store
 */
@ConfigurationProperties("sluice")
record DemoSettings(@DefaultValue("false") boolean demo) {}
