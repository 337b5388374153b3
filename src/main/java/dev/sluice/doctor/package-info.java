/**
 * What the command {@code doctor} finds: checks of the surroundings of a server, and their results. The checks themselves
 * are in the packages of their subjects. It depends on no other package of Sluice. Start reading at
 * {@link dev.sluice.doctor.Examination}.
 */
@NullMarked
package dev.sluice.doctor;

import org.jspecify.annotations.NullMarked;
