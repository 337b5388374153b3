/**
 * The commands of the jar. {@code export}, {@code import}, {@code jobs} and others send requests to a server, {@code
 * verify} and {@code compare} read the exports of any server, and {@code client}, {@code stop} and {@code doctor} get a
 * database from the root package. It knows servers by their HTTP only. Start reading at {@link
 * dev.sluice.cli.SluiceCommand}.
 */
@NullMarked
package dev.sluice.cli;

import org.jspecify.annotations.NullMarked;
