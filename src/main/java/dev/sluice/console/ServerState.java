package dev.sluice.console;

import dev.sluice.monitor.Processes;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.boot.health.actuate.endpoint.CompositeHealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.actuate.endpoint.IndicatedHealthDescriptor;
import org.springframework.stereotype.Component;

/** How the server stands: the same as its health and its metrics say. */
@Component
class ServerState {
    private static final Map<String, String> NAMES =
            Map.of("db", "Database", "storage", "Storage", "diskSpace", "Disk of the process", "ssl", "Certificate");
    private static final int HUNDRED = 100;

    private final HealthEndpoint health;
    private final Processes processes;
    private final MeterRegistry meters;

    ServerState(HealthEndpoint health, Processes processes, MeterRegistry meters) {
        this.health = health;
        this.processes = processes;
        this.meters = meters;
    }

    /**
     * A part of the server.
     *
     * @param state in a word
     * @param detail what is wrong; empty if nothing is
     */
    record Part(String name, String state, String detail) {
        /** Whether it works. */
        public boolean up() {
            return state.equals("UP");
        }
    }

    /**
     * A disk.
     *
     * @param folder what is on it
     * @param percent how much of it is used
     */
    record Disk(String folder, long free, long size, long percent) {}

    List<Part> parts() {
        List<Part> all = new ArrayList<>();
        if (health.health() instanceof CompositeHealthDescriptor whole && whole.getComponents() != null) {
            Objects.requireNonNull(whole.getComponents()).forEach((name, part) -> {
                if (!name.endsWith("State") && !name.equals("ping")) {
                    all.add(new Part(
                            NAMES.getOrDefault(name, name), part.getStatus().getCode(), detail(part)));
                }
            });
        }
        return all;
    }

    private static String detail(HealthDescriptor part) {
        if (part.getStatus().getCode().equals("UP") || !(part instanceof IndicatedHealthDescriptor indicated)) {
            return "";
        }
        Map<String, Object> details = indicated.getDetails();
        return details == null ? "" : String.valueOf(details.getOrDefault("fault", details.getOrDefault("error", "")));
    }

    List<Processes.Entry> processes() {
        return processes.list();
    }

    List<Disk> disks() {
        return meters.find("sluice.disk.size").gauges().stream()
                .map(size -> disk(String.valueOf(size.getId().getTag("folder")), size))
                .filter(disk -> disk.size() > 0)
                .toList();
    }

    private Disk disk(String folder, Gauge size) {
        Gauge free = meters.find("sluice.disk.free").tag("folder", folder).gauge();
        long all = (long) size.value();
        long left = free == null ? 0 : (long) free.value();
        return new Disk(folder, left, all, all <= 0 ? 0 : HUNDRED * (all - left) / all);
    }
}
