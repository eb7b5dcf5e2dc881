"""Label files, rendered when they are read, beside a null daemon that serves as many of the same size."""
import os, statistics

from ground import epoch, timed
from table import interleaved

IMAGES = 2000
PASSES = 5


def write_annotations(path):
    shapes = ''.join('<box label="c%d" xtl="%d" ytl="5" xbr="%d" ybr="50"/>' % (i % 3, i, i + 40) for i in range(5))
    labels = ''.join('<label><name>c%d</name></label>' % i for i in range(3))
    images = ''.join('<image id="%d" name="%06d.jpg" width="640" height="480">%s</image>' % (i, i, shapes) for i in range(IMAGES))
    with open(path, 'w') as file:
        file.write('<annotations><meta><task><name>bench</name><labels>%s</labels></task></meta>%s</annotations>' % (labels, images))


def measure(ground, table):
    os.makedirs(ground.bucket + '/images')
    for i in range(IMAGES):
        with open('%s/images/%06d.jpg' % (ground.bucket, i), 'wb') as file:
            file.write(i.to_bytes(8, 'little'))
    write_annotations(ground.bucket + '/annotations.xml')
    with ground.store() as store, ground.annofs(store, views=True) as mount:
        view = mount.path + '/views/bench/yolo/labels/train'
        first = timed('ls', view)
        sizes = [entry.stat().st_size for entry in os.scandir(view)]
        count, size = len(sizes), int(statistics.median(sizes))
        table.rate('first `ls` of %d labels: index, sizes' % count, count, 'labels', first)
        with ground.null('labels,.txt,%d,%d' % (count, size), like=mount) as null:
            for readers in (8, 64):
                for what, keep, goal in (('rendered, warm', 'drop', 0.8), ('hot', 'keep', None)):
                    measures = [lambda d=d: epoch(d, readers, keep, PASSES) for d in (view, null.path + '/labels')]
                    interleaved(1, *measures)
                    mine, other = interleaved(2 * ground.rounds, *measures)
                    table.rate('%d-byte labels, %s, %d readers' % (size, what, readers), count, 'labels', mine, [('null daemon', other, goal)])
