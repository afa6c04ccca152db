#ifndef EVERY_SCHOOL_DAY_PROCESS_H
#define EVERY_SCHOOL_DAY_PROCESS_H

/// Asks the kernel to kill this process when its parent ends (Linux); does nothing elsewhere.
void end_with_parent(void);

#endif
