#ifndef EVERY_SCHOOL_DAY_PROCESS_H
#define EVERY_SCHOOL_DAY_PROCESS_H

/// Asks the kernel to kill this process when its parent ends (Linux); does nothing elsewhere.
void end_with_parent(void);

/// The first thing that every program does: what it makes is for its owner only (umask 077), its memory is never
/// written to a file when it dies, no other process of the user may look into it, a reader of its output that goes away
/// does not end it, and it may open as many files as the system lets it.
void guard_process(void);

/// How many files this process may have open, and how many it has. When they cannot be counted, because there is none
/// left to look with, it has as many as it may.
void count_descriptors(long *most, long *open);

#endif
