"""What the scripts share that load exports: the golden cases as buckets, their exports, and what CVAT says is in them."""
import collections, os, shutil, struct, subprocess, traceback, xml.etree.ElementTree, zlib

ANNOFS = os.environ['INTEROP_ANNOFS']
GOLDEN = os.path.join(os.environ['INTEROP_FIXTURES'], 'golden')
WORK = os.environ['INTEROP_WORK']
EXPORT_SECONDS = 120
IMAGES = ['cvat_task_2', 'cvat_task_14', 'cvat_task_22', 'cvat_job_28', 'synth_images'] + ['rand_images_%02d' % n for n in range(6)]
VIDEOS = ['synth_video'] + ['rand_video_%02d' % n for n in range(3)]


class Failed(Exception):
    """The library read something else than CVAT says there is."""


class NotExported(Exception):
    """Our own fault, whatever the library would have done."""


def tell(kind, name, reason=''):
    print('\t'.join([kind, name, ' '.join(str(reason).split())]).rstrip('\t'), flush=True)


def tried(name, action, *arguments):
    try:
        action(*arguments)
        tell('PASS', name)
    except NotExported as error:
        tell('FAIL', 'annofs export: ' + name, error)
    except Exception as error:
        cause = error.__cause__ and ': %s: %s' % (type(error.__cause__).__name__, error.__cause__) or ''
        tell('FAIL', name, '%s%s%s' % ('' if isinstance(error, Failed) else type(error).__name__ + ': ', error, cause))
        traceback.print_exc()


def equal(what, got, wanted):
    if got != wanted:
        raise Failed('%s: %r were read, CVAT has %r' % (what, got, wanted))


# The witness ---------------------------------------------------------------------------------------------------------------------------------------------

class Witness:
    """What CVAT's own XML of the case holds."""

    def __init__(self, case):
        root = xml.etree.ElementTree.parse(os.path.join(GOLDEN, case, 'CVAT for images 1.1', 'annotations.xml')).getroot()
        self.images = root.findall('image')
        self.count = collections.Counter(shape.tag for image in self.images for shape in image)
        self.straight = sum('rotation' not in box.attrib for image in self.images for box in image.iter('box'))
        self.segments = sum(self.segments_of(image) for image in self.images)
        self.with_boxes = sum(image.find('box') is not None for image in self.images)

    @staticmethod
    def segments_of(image):
        """Annotations of COCO: those of one group are one."""
        groups = [shape.get('group_id', '0') for shape in image if shape.tag in ('box', 'polygon', 'ellipse', 'mask')]
        return groups.count('0') + len(set(groups) - {'0'})


# The export ----------------------------------------------------------------------------------------------------------------------------------------------

def blank_png(width, height):
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    rows = zlib.compress(b''.join(b'\0' + bytes(width) for _ in range(height)))
    return b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 0, 0, 0, 0)) + chunk(b'IDAT', rows) + chunk(b'IEND', b'')


def bucket(case):
    """A directory with the task as CVAT gives it, and its pictures: PNGs whatever they are called, which readers of images find out."""
    place = os.path.join(WORK, 'bucket', case)
    if os.path.exists(place):
        return place
    os.makedirs(place)
    given = os.path.join(GOLDEN, case, 'INPUT')
    has_backup = os.path.exists(os.path.join(given, 'backup.zip'))
    for name in ['backup.zip'] if has_backup else os.listdir(given):
        shutil.copyfile(os.path.join(given, name), os.path.join(place, name))
    for image in Witness(case).images if case in IMAGES else []:
        picture = os.path.join(place, image.get('name'))
        os.makedirs(os.path.dirname(picture), exist_ok=True)
        with open(picture, 'wb') as file:
            file.write(blank_png(int(image.get('width')), int(image.get('height'))))
    return place


def annofs(command, case, *arguments):
    done = subprocess.run([ANNOFS, command, bucket(case), *arguments, '--cache', os.path.join(WORK, 'cache')],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors='replace', timeout=EXPORT_SECONDS)
    if done.returncode != 0:
        raise NotExported('exit %d: %s' % (done.returncode, done.stdout.strip()[-500:]))
    return done.stdout


def exported(case, form, images, kind='--format'):
    """Of a format of CVAT, or with `--view` of a view; once."""
    output = os.path.join(WORK, 'exports', case, form)
    if not os.path.exists(output):
        os.makedirs(os.path.dirname(output), exist_ok=True)
        annofs('export', case, kind, form, '--output', output, '--images', images)
    return output


def tree(case, view):
    """A view with its images."""
    return exported(case, view, 'copy', '--view')


def dropped(case, view):
    """How many shapes and tags the view does not hold, by its report."""
    dataset = [line for line in annofs('ls', case, 'views').split('\n') if line.endswith('/')][0].rstrip('/')
    return annofs('cat', case, 'views/%s/reports/dropped/%s.tsv' % (dataset, view)).count('\n') - 1
