/**
 * Creates the files and folders of the server so that no other user of the machine can open them. It depends on no other
 * package of Sluice. Start reading at {@link dev.sluice.files.PrivateFiles}.
 */
@NullMarked
package dev.sluice.files;

import org.jspecify.annotations.NullMarked;
