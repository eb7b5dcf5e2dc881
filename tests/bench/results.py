"""RESULTS.md: one section for each program of tests/bench, replaced when it is run again."""
import datetime, os, platform

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'RESULTS.md')


def machine():
    with open('/proc/cpuinfo') as file:
        cpu = next((line.split(':')[1].strip() for line in file if line.startswith('model name')), platform.machine())
    return '%s, %d cores, Linux %s, %s' % (cpu, os.cpu_count(), platform.release(), datetime.date.today())


def sections():
    """The sections of the file, each from its line that begins with '# ' on."""
    found = []
    if os.path.exists(PATH):
        with open(PATH) as file:
            for line in file:
                if line.startswith('# ') or not found:
                    found.append('')
                found[-1] += line
    return found


def refresh(text):
    """Puts the section in the place of the one with the same first line, or at the end."""
    heading = text.split('\n', 1)[0]
    kept = [text if section.split('\n', 1)[0] == heading else section for section in sections()]
    if text not in kept:
        kept.append(text)
    with open(PATH, 'w') as file:
        file.write('\n'.join(section.rstrip('\n') + '\n' for section in kept))
