/**
 * What de-identification uses from outside of the server: keys, and services for free text and pseudonyms. Start reading
 * at {@link dev.sluice.deidservice.KeyReader}.
 */
@NullMarked
package dev.sluice.deidservice;

import org.jspecify.annotations.NullMarked;
