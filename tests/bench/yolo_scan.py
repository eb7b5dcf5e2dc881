"""What Ultralytics does with the files of a tree before it trains, without what it computes (reference/training-tools.md §1.1; 8.4: data/utils.py,
data/base.py, data/dataset.py): finds the images, looks for a .cache, reads every label file, looks at both ends of every image, asks for all sizes.

Usage: yolo_scan.py TREE list|glob [ends]
list: as data.yaml says, by the lists of its parts; glob: by the directories images/<part>, as of a data.yaml that names these. `ends`: the images, too.
Prints JSON: files, and seconds of each step.
"""
import glob, json, os, sys, time
from multiprocessing.pool import ThreadPool

THREADS = min(8, max(1, (os.cpu_count() or 1) - 1))
FORMATS = {'bmp', 'dng', 'jpeg', 'jpg', 'mpo', 'png', 'tif', 'tiff', 'webp', 'pfm', 'heic'}
HEAD = 4096  # what Pillow takes of a file that it opens and verifies


def images_of(tree, part, how):
    if how == 'glob':
        found = glob.glob(os.path.join(tree, 'images', part, '**', '*.*'), recursive=True)
    else:
        with open(os.path.join(tree, part + '.txt')) as file:
            found = [line.replace('./', tree + os.sep, 1) for line in file.read().strip().splitlines()]
    return sorted(path for path in found if path.rpartition('.')[-1].lower() in FORMATS)


def label_of(image):
    return (os.sep + 'labels' + os.sep).join(image.rsplit(os.sep + 'images' + os.sep, 1)).rsplit('.', 1)[0] + '.txt'


def read_label(path):
    """Rows."""
    if not os.path.isfile(path):
        return 0
    with open(path, encoding='utf-8') as file:
        return len([line.split() for line in file.read().strip().splitlines() if line])


def read_ends(path):
    with open(path, 'rb', buffering=0) as file:
        file.read(HEAD)
        file.seek(-2, 2)
        return len(file.read(2))


def ask_sizes(paths):
    return sum(os.path.getsize(path) for path in paths if os.path.exists(path))


class Steps:
    def __init__(self):
        self.seconds = {}

    def take(self, name, step, *arguments):
        begin = time.monotonic()
        answer = step(*arguments)
        self.seconds[name] = self.seconds.get(name, 0) + time.monotonic() - begin
        return answer


def main():
    tree, how, ends = sys.argv[1], sys.argv[2], 'ends' in sys.argv[3:]
    steps, count, rows = Steps(), 0, 0
    with open(os.path.join(tree, 'data.yaml')) as file:
        parts = [line.split(':')[0] for line in file if line.split(':')[0] in ('train', 'val')]
    with ThreadPool(THREADS) as pool:
        for part in parts:
            images = steps.take('find', images_of, tree, part, how)
            labels = [label_of(image) for image in images]
            os.path.exists(os.path.dirname(labels[0]) + '.cache')
            rows += steps.take('labels', lambda paths: sum(pool.imap(read_label, paths)), labels)
            if ends:
                steps.take('images', lambda paths: sum(pool.imap(read_ends, paths)), images)
            steps.take('sizes', ask_sizes, labels + images)
            count += len(images)
    print(json.dumps({'images': count, 'rows': rows, 'seconds': steps.seconds}))


if __name__ == '__main__':
    main()
