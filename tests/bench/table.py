"""The table of tests/bench/run: a row is what annofs did, what something else did beside it in the same run, their ratio, and the goal."""
import statistics, sys

import results

COLUMNS = ['workload', 'annofs', 'beside it', 'ratio', 'goal']


def interleaved(rounds, *measures):
    """Each measure once per round, in turn; the medians."""
    times = [[measure() for measure in measures] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*times)]


class Table:
    def __init__(self):
        self.rows = []

    def row(self, what, value, beside='–', ratio='–', goal=''):
        self.rows.append((what, value, beside, ratio, goal))
        print(' · '.join(self.rows[-1]), file=sys.stderr, flush=True)

    def rate(self, what, count, unit, seconds, others=(), of_cap=None):
        """`others`: (name, seconds, least share or None) of what did the same work; `of_cap`: (share, least share)."""
        value = rate_text(count / seconds, unit)
        if of_cap is not None:
            self.row(what, value, 'the cap', percent(of_cap[0]), at_least(*of_cap))
        for name, other, least in others:
            share = other / seconds
            self.row(what, value, '%s: %s' % (name, rate_text(count / other, unit)), percent(share), at_least(share, least))
        if not others and of_cap is None:
            self.row(what, value)

    def hot(self, what, count, unit, seconds, null, local):
        """Beside both; and they beside each other, since no FUSE daemon has a part in what the kernel has: that ratio is what can be reached."""
        self.rate(what, count, unit, seconds, [('null daemon', null, None), ('local files', local, 0.95)])
        self.row('… the null daemon itself', rate_text(count / null, unit), 'local files: ' + rate_text(count / local, unit), percent(local / null))

    def at_most(self, what, form, value, most=None, beside='–'):
        goal = '' if most is None else '≤ %s: %s' % (form % most, 'met' if value <= most else 'missed')
        self.row(what, form % value, beside, goal=goal)

    def report(self, rounds):
        lines = ['# Results of tests/bench/run', '',
                 '%s, emulator and readers included. Medians of %d; the columns of a row were measured in one run, interleaved: compare the ratios, '
                 'not the rates. "cold": a cache that is empty; "warm": from the block cache, the kernel\'s pages of the files dropped; "hot": the '
                 'kernel has them. The null daemon answers with zeros, in the same numbers and sizes; the raw downloader is plain libcurl; '
                 'local files are those of the bucket, on the same disk.' % (results.machine(), rounds), '',
                 '| ' + ' | '.join(COLUMNS) + ' |', '|' + '---|' * len(COLUMNS)]
        return '\n'.join(lines + ['| ' + ' | '.join(row) + ' |' for row in self.rows]) + '\n'


def rate_text(per_second, unit):
    return ('%.1f %s/s' if per_second < 100 else '%.0f %s/s') % (per_second, unit)


def percent(share):
    return '%.1f %%' % (100 * share)


def at_least(share, least):
    return '' if least is None else '≥ %.0f %%: %s' % (100 * least, 'met' if share >= least else 'missed')
