/** The web pages of the console. */
@NullMarked
package dev.sluice.console;

import org.jspecify.annotations.NullMarked;
