"""Follows a document literally: runs the commands of its ```console blocks in one shell and compares what they print with what is shown.

    ```console
    $ annofs status mnt        a command: goes on in the following lines that begin with "> "
    source  b2://…             what it prints, out and err: "…" matches anything within a line,
    …                          and a line of its own any number of lines, also none
    ```

A command that shows nothing prints nothing; one that fails, fails the document. Space at the ends of lines does not count, nor do empty
lines at the end. `<!-- clean root -->` on the line before a block: it is run in a clean root only. Blocks of other languages are not run.
"""
import os
import re
import select
import shlex
import signal
import subprocess
import time
import uuid
from dataclasses import dataclass, field

ANY = '…'
CLEAN_ROOT = '<!-- clean root -->'


class Wrong(Exception):
    """The document is not as it must be, or what happens is not what it says; the message says where."""


@dataclass
class Step:
    line: int  # of the document, from 1
    command: str
    shown: list[str] = field(default_factory=list)


def steps_of(text, clean_root):
    """The commands of a document, in order."""
    steps, fence, runs, before = [], None, False, ''
    for number, line in enumerate(text.splitlines(), 1):
        mark = re.match(r'\s*(`{3,})\s*(\S*)', line)
        if fence is None and mark:
            fence = mark.group(1)
            runs = mark.group(2) == 'console' and (clean_root or before.strip() != CLEAN_ROOT)
            first = len(steps)
        elif fence is not None and line.strip() == fence:
            fence = None
        elif fence is not None and runs:
            add_line(steps, number, line, first)
        before = line
    if fence is not None:
        raise Wrong(f'line {number}: the last block has no end')
    return steps


def add_line(steps, number, line, first):
    started = len(steps) > first
    if line.startswith('$ '):
        steps.append(Step(number, line[2:]))
    elif started and line.startswith('> ') and not steps[-1].shown:
        steps[-1].command += '\n' + line[2:]
    elif started:
        steps[-1].shown.append(line)
    elif line.strip():
        raise Wrong(f'line {number}: a console block begins with a command: "$ …"')


def tidy(lines):
    lines = [line.rstrip() for line in lines]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def matches(shown, printed):
    """Whether what was printed (lines) is what is shown (lines with "…")."""
    shown, printed = tidy(shown), tidy(printed)
    # What is shown up to here can end before which lines of what was printed.
    ends = {0}
    for line in shown:
        if line.strip() == ANY:
            ends = set(range(min(ends), len(printed) + 1)) if ends else ends
            continue
        pattern = re.compile('.*'.join(re.escape(part) for part in line.split(ANY)))
        ends = {end + 1 for end in ends if end < len(printed) and pattern.fullmatch(printed[end])}
    return len(printed) in ends


class Shell:
    """One bash that is told command after command. What they start ends with it, in whatever session it is."""

    def __init__(self, start, **options):
        """`start`: the program and its arguments that read commands from standard input as bash does."""
        become_parent_of_orphans()
        self.process = subprocess.Popen(start, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=0, **options)
        self.read = b''

    def run(self, command, seconds):
        """What it prints and its exit code. Raises Wrong when it does not end in time, or ends the shell."""
        end = uuid.uuid4().hex
        told = f"eval -- {shlex.quote(command)} </dev/null\nprintf '\\n%s %d\\n' {end} $?\n"
        try:
            self.process.stdin.write(told.encode())
        except BrokenPipeError:
            raise Wrong('the shell has ended') from None
        pattern = re.compile(b'\n' + end.encode() + b' ([0-9]+)\n')
        deadline = time.monotonic() + seconds
        while not (found := pattern.search(self.read)):
            self.fill(deadline, seconds)
        printed, self.read = self.read[:found.start()], self.read[found.end():]
        return printed.decode(errors='replace').splitlines(), int(found.group(1))

    def fill(self, deadline, seconds):
        left = deadline - time.monotonic()
        ready = left > 0 and select.select([self.process.stdout], [], [], left)[0]
        if not ready:
            raise Wrong(f'it did not end within {seconds} s; it has printed:\n' + self.read.decode(errors='replace'))
        data = os.read(self.process.stdout.fileno(), 1 << 16)
        if not data:
            raise Wrong('it ended the shell; it has printed:\n' + self.read.decode(errors='replace'))
        self.read += data

    def close(self, below=None):
        """Ends everything that was started; `below`: a directory below which nothing stays mounted."""
        if below:
            unmount_below(below)
        self.process.stdin.close()
        try:
            self.process.wait(10)  # it tidies up itself
        except subprocess.TimeoutExpired:
            pass
        for signal_number, patience in ((signal.SIGTERM, 2), (signal.SIGKILL, 5)):
            if end_descendants(signal_number, patience):
                break
        self.process.stdout.close()
        self.process.wait()


def become_parent_of_orphans():
    """What goes to the background by leaving its parent becomes a child of this process, by which it is found."""
    import ctypes
    PR_SET_CHILD_SUBREAPER = 36
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def descendants():
    parents = {}
    for name in os.listdir('/proc'):
        if not name.isdigit():
            continue
        try:
            with open(f'/proc/{name}/stat', encoding='utf-8', errors='replace') as stat:
                state, parent = stat.read().rpartition(')')[2].split()[:2]
        except OSError:
            continue  # it has ended
        if state != 'Z':
            parents[int(name)] = int(parent)
    found, ours = [], {os.getpid()}
    while more := [pid for pid, parent in parents.items() if parent in ours and pid not in ours]:
        ours.update(more)
        found += more
    return found


def end_descendants(signal_number, patience):
    """Whether all have ended."""
    deadline = time.monotonic() + patience
    told = set()
    while pids := descendants():
        for pid in set(pids) - told:
            try:
                os.kill(pid, signal_number)
            except ProcessLookupError:
                pass
        told.update(pids)
        if time.monotonic() > deadline:
            return False
        reap()
        time.sleep(0.02)
    reap()
    return True


def reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def unmount_below(directory):
    with open('/proc/self/mountinfo', encoding='utf-8', errors='surrogateescape') as table:
        places = [re.sub(r'\\([0-7]{3})', lambda code: chr(int(code.group(1), 8)), line.split()[4]) for line in table]
    for place in reversed(places):
        if place.startswith(directory + '/'):
            how = ['umount', '-l'] if os.geteuid() == 0 else ['fusermount3', '-uz']
            subprocess.run([*how, place], check=False)


def follow(steps, shell, seconds, say=print):
    """Runs the steps; raises Wrong at the first that is not as shown."""
    if not steps:
        raise Wrong('no command was found: a document without ```console blocks proves nothing')
    for step in steps:
        begin = time.monotonic()
        try:
            printed, code = shell.run(step.command, seconds)
        except Wrong as wrong:
            raise Wrong(f'line {step.line}: {step.command}\n{wrong}') from None
        say(f'{time.monotonic() - begin:6.1f} s  line {step.line}: {step.command.splitlines()[0]}')
        if code != 0:
            raise Wrong(f'line {step.line}: {step.command}\nit failed with exit code {code}, and printed:\n' + '\n'.join(printed))
        if not matches(step.shown, printed):
            raise Wrong(f'line {step.line}: {step.command}\nthe document shows:\n' + '\n'.join(tidy(step.shown)) + '\nit printed:\n' + '\n'.join(tidy(printed)))
