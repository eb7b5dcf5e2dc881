"""What the workloads of tests/bench/run stand on: the emulator, mounts of annofs and of the null daemon, the programs that read. Every process is
ended by its id and every mount unmounted when its `with` block ends, however that ends."""
import base64, contextlib, ctypes, json, os, random, shutil, signal, subprocess, tempfile, threading, time, urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, 'build', 'release')
PROGRAMS = ['annofs', 'annofs-emulator', 'null_fuse', 'epoch', 'reads', 'curl_multi', 'catalog_bench']
LIMIT = 600  # seconds that a step may take
GET = 'b2_download_file_by_id'  # the emulator's name for it


def build(programs=PROGRAMS):
    for command in (['--preset', 'release'], ['--build', '--preset', 'release', '--target', *programs]):
        subprocess.run(['cmake', *command], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def program(name):
    return os.path.join(BUILD, name if name.startswith('annofs') else os.path.join('tests', name))


def output(name, *arguments, environment=None):
    return subprocess.run([program(name), *map(str, arguments)], check=True, stdout=subprocess.PIPE, text=True, timeout=LIMIT, env=environment).stdout


def epoch(directory, readers, *options):
    """Seconds."""
    return float(output('epoch', directory, readers, *options))


def reads(pattern, readers, path, *options):
    return json.loads(output('reads', pattern, readers, path, *options))


def timed(*command):
    begin = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=dict(os.environ, LC_ALL='C'), timeout=LIMIT)
    return time.monotonic() - begin


def forget_pages(path):
    """The kernel gives up the pages of a file."""
    fd = os.open(path, os.O_RDONLY)
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(fd)


def resident_bytes(paths):
    """Bytes of files in the page cache."""
    found = 0
    for begin in range(0, len(paths), 500):
        text = subprocess.run(['fincore', '--bytes', '--noheadings', '--output', 'RES', *paths[begin:begin + 500]], check=True, stdout=subprocess.PIPE, text=True).stdout
        found += sum(map(int, text.split()))
    return found


def files_below(directory):
    return [os.path.join(parent, name) for parent, _, names in os.walk(directory) for name in names]


def write_numbered(directory, count, size):
    """Files that differ in their first bytes."""
    os.makedirs(directory)
    block = random.Random(1).randbytes(size)
    for i in range(count):
        with open('%s/%06d.jpg' % (directory, i), 'wb') as file:
            file.write(i.to_bytes(8, 'little') + block[8:])


def end_with_parent():
    """A daemon does not outlive this script, however that ends."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


class Mount:
    """A mount served by a process in the foreground."""
    def __init__(self, path, command, environment=None):
        os.makedirs(path, exist_ok=True)
        self.path = path
        self.process = subprocess.Popen(list(map(str, command)), env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, preexec_fn=end_with_parent)
        deadline = time.monotonic() + 60
        while not os.path.ismount(path):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError('%s does not mount' % command[0])
            time.sleep(0.01)

    def stop(self):
        subprocess.run(['umount', '-l', self.path], stderr=subprocess.DEVNULL)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def read_ahead_file(self):
        device = os.stat(self.path).st_dev
        return '/sys/class/bdi/%d:%d/read_ahead_kb' % (os.major(device), os.minor(device))


class MemoryPeak:
    """The most RssAnon of a process while a `with` block runs, in MiB."""
    def __init__(self, pid):
        self.pid, self.mib, self.ended = pid, 0, threading.Event()
        self.thread = threading.Thread(target=self.watch)

    def watch(self):
        while not self.ended.wait(0.01):
            with open('/proc/%d/status' % self.pid) as file:
                now = next((int(line.split()[1]) for line in file if line.startswith('RssAnon:')), 0)
            self.mib = max(self.mib, now / 1024)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()


class Emulator:
    """The store: a directory as bucket "bench"."""
    def __init__(self, directory):
        self.process = subprocess.Popen([program('annofs-emulator'), '--bucket', 'bench=' + directory], stdout=subprocess.PIPE, text=True, preexec_fn=end_with_parent)
        hello = json.loads(self.process.stdout.readline())
        self.url, self.key_id, self.key, self.region = hello['url'], hello['keyId'], hello['applicationKey'], hello['region']
        self.environment = dict(os.environ, B2_APPLICATION_KEY_ID=self.key_id, B2_APPLICATION_KEY=self.key,
                                AWS_ACCESS_KEY_ID=self.key_id, AWS_SECRET_ACCESS_KEY=self.key, AWS_REGION=self.region)

    def stop(self):
        self.process.terminate()
        self.process.wait(10)

    def call(self, path, authorization='', data=None):
        request = urllib.request.Request(self.url + path, data, {'Authorization': authorization})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def admin(self, what, **values):
        return self.call('/__emu/' + what, data=json.dumps(values).encode())

    def reset(self):
        self.admin('reset')

    def counters(self):
        return self.call('/__emu/counters')

    def gets(self):
        return self.counters()['requests'].get(GET, 0)

    def got_bytes(self):
        return self.counters()['bytes'].get(GET, 0)

    def downloads(self, prefix):
        """The URLs of all objects with the prefix, at most 10,000, and the header that lets them be read."""
        account = self.call('/b2api/v2/b2_authorize_account', 'Basic ' + base64.b64encode(('%s:%s' % (self.key_id, self.key)).encode()).decode())
        token = account['authorizationToken']
        bucket = self.call('/b2api/v2/b2_list_buckets?accountId=' + account['accountId'], token)['buckets'][0]['bucketId']
        files = self.call('/b2api/v2/b2_list_file_names?maxFileCount=10000&bucketId=%s&prefix=%s' % (bucket, prefix), token)['files']
        return ['%s/b2api/v2/%s?fileId=%s' % (self.url, GET, entry['fileId']) for entry in files], 'Authorization: ' + token


class Raw:
    """Plain libcurl fetching objects of one size by their URLs."""
    def __init__(self, ground, size, urls, *header):
        self.size, self.header, self.file = size, header, ground.path('urls')
        with open(self.file, 'w') as file:
            file.write(''.join(url + '\n' for url in urls))

    def seconds(self, handles):
        return float(output('curl_multi', self.file, handles, self.size, *self.header))


class Ground:
    """A directory of its own for one family of workloads."""
    def __init__(self, rounds):
        self.rounds = rounds
        self.work = tempfile.mkdtemp(prefix='annofs-bench.')
        self.bucket = os.path.join(self.work, 'bucket')
        os.mkdir(self.bucket)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.work, ignore_errors=True)

    def path(self, prefix):
        """A path that is not in use."""
        return os.path.join(tempfile.mkdtemp(prefix=prefix + '.', dir=self.work), prefix)

    @contextlib.contextmanager
    def store(self):
        emulator = Emulator(self.bucket)
        try:
            yield emulator
        finally:
            emulator.stop()

    @contextlib.contextmanager
    def null(self, *directories, like=None):
        """A null daemon; with the readahead of another mount."""
        path = self.path('null')
        mount = Mount(path, [program('null_fuse'), path, *directories])
        try:
            if like is not None:
                with open(like.read_ahead_file()) as source, open(mount.read_ahead_file(), 'w') as target:
                    target.write(source.read())
            yield mount
        finally:
            mount.stop()

    @contextlib.contextmanager
    def annofs(self, emulator, *options, source='b2://bench', cache=None, prefix=(), views=False):
        """A mount, with a cache directory that is its own and is removed unless one is given. `prefix`: words before the command."""
        path, own = self.path('mnt'), self.path('cache')
        cache = cache or own
        words = [*prefix, program('annofs'), 'mount', source, path, '--foreground', '--endpoint', emulator.url, '--cache', cache]
        mount = Mount(path, [*words, *([] if views else ['--no-views']), *options], emulator.environment)
        try:
            yield mount
        finally:
            mount.stop()
            shutil.rmtree(own, ignore_errors=True)
