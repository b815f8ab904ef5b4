"""Real Swift, answering one request a line: what it makes, and whether ours equals it.

A request is a verb and its arguments, separated by tabs; the answer is a line "ok ..." or "no ...".
"""
import array
import os
import pickle
import random
import sys
import time
import traceback

from swift.common.ring import builder as builder_module
from swift.common.ring import RingBuilder, RingData

# Before 2.36 there is one format, and devices have two bytes.
FORMATS = hasattr(RingBuilder, 'set_dev_id_bytes')

STEPS = {
    'PREPARE': RingBuilder.prepare_increase_partition_power,
    'INCREASE': RingBuilder.increase_partition_power,
    'CANCEL': RingBuilder.cancel_increase_partition_power,
    'FINISH': RingBuilder.finish_increase_partition_power,
}


def add_devices(rng, builder, count):
    for _ in range(count):
        number = len(builder.devs)
        builder.add_dev({
            'region': rng.randint(1, 3), 'zone': rng.randint(1, 5),
            'ip': '10.%d.%d.%d' % (rng.randint(0, 3), number >> 8 & 255, rng.randint(1, 200)),
            'port': 6200 + number % 4, 'device': 'd%d' % number,
            'replication_ip': '10.9.%d.%d' % (number >> 8 & 255, rng.randint(1, 200)),
            'replication_port': 6300 + number % 4,
            'weight': rng.choice([1, 1.5, 100.0, 4000.25, 1e-05, 1e16]) if rng.random() < .2 else 100.0,
            'meta': rng.choice(['', 'rack 7', 'Gerät "ß"', '\U0001f4be', 'odd \udcff byte', 'tab\tnew\nline']),
        })


SMALL = 7


def sizes(rng):
    """Power and number of devices. Swift's rebalance is slow, so large ones are rare."""
    kind = rng.random()
    if kind < .02:
        return rng.randint(1, SMALL), rng.randint(300, 1500)
    if kind < .3:
        return rng.randint(SMALL + 1, 18), rng.randint(1, 40)
    return rng.randint(1, SMALL), rng.randint(1, 60)


def grow(builder, power):
    """To a power at which a rebalance would take long, by increases."""
    while builder.part_power < power:
        builder.prepare_increase_partition_power()
        builder.increase_partition_power()
        builder.finish_increase_partition_power()


def weigh_and_remove(rng, builder):
    live = [d for d in builder.devs if d and not any(d is r for r in builder._remove_devs)]
    for dev in rng.sample(live, min(len(live), 3)):
        builder.set_dev_weight(dev['id'], rng.choice([1, 50.5, 200.0]))
    if len(live) - 3 > builder.replicas:
        for dev in rng.sample(live, rng.randint(0, 3)):
            builder.remove_dev(dev['id'])


def save(builder, ring_path, version):
    builder.get_ring().save(ring_path, **({'format_version': int(version)} if FORMATS else {}))


def make(seed, directory):
    """A random builder and the ring that Swift writes from it."""
    rng = random.Random(int(seed))
    builder_module.time = time.time
    power, devices = sizes(rng)
    replicas = min(devices, rng.choice([1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 2.75, 3, 3.25, 3.5, 3.75, 4]))
    builder = RingBuilder(min(power, SMALL), replicas, rng.randint(0, 2))
    add_devices(rng, builder, devices)
    builder.rebalance(seed=seed)
    for _ in range(rng.randint(0, 2)):
        weigh_and_remove(rng, builder)
        if rng.random() < .7:
            builder.pretend_min_part_hours_passed()
            builder.rebalance(seed=seed)
    grow(builder, power)
    if rng.random() < .2:
        builder.set_overload(0.1)
    if rng.random() < .15 and FORMATS:
        builder.set_dev_id_bytes(4)
    if rng.random() < .1 and not builder._remove_devs:
        add_devices(rng, builder, 2)
    builder.save(os.path.join(directory, 'object.builder'))
    version = 2 if FORMATS and (builder.dev_id_bytes == 4 or rng.random() < .5) else 1
    save(builder, os.path.join(directory, 'object.ring.gz'), version)
    return 'format %d, power %d, %d devices, %s replicas' % (version, power, devices, replicas)


def step(name, path, now, ring_path, version):
    """What swift-ring-builder does to a builder and then writes as its ring."""
    builder_module.time = lambda: float(now)
    builder = RingBuilder.load(path)
    if not STEPS[name](builder):
        return 'refused'
    if name == 'INCREASE':
        builder._update_last_part_moves()
    builder.save(path)
    save(builder, ring_path, version)
    return 'done'


def same(a, b, where=''):
    """Raises at the first place where two values differ in type or content."""
    if type(a) is not type(b):
        raise AssertionError('%s: %r is not %r' % (where, type(a), type(b)))
    if isinstance(a, dict):
        if set(a) != set(b):
            raise AssertionError('%s: keys %r' % (where, sorted(map(str, set(a) ^ set(b)))))
        for key in a:
            same(a[key], b[key], '%s[%r]' % (where, key))
    elif isinstance(a, (list, tuple)):
        if len(a) != len(b):
            raise AssertionError('%s: lengths %d and %d' % (where, len(a), len(b)))
        if a != b or (a and not isinstance(a[0], int)):
            for i, (x, y) in enumerate(zip(a, b)):
                same(x, y, '%s[%d]' % (where, i))
    elif isinstance(a, array.array):
        if a.typecode != b.typecode or a != b:
            raise AssertionError('%s: arrays differ' % where)
    elif a != b:
        raise AssertionError('%s: %r is not %r' % (where, a, b))


def load(path):
    with open(path, 'rb') as f:
        return pickle.load(f)


def compare(ours, swifts):
    mine, theirs = load(ours), load(swifts)
    if not FORMATS:
        assert mine.pop('dev_id_bytes', 2) == 2
    same(mine, theirs)
    removed = [any(d is dev for d in mine['devs']) for dev in mine['_remove_devs']]
    same(removed, [any(d is dev for d in theirs['devs']) for dev in theirs['_remove_devs']], 'identity')


def compare_ring(ours, swifts):
    mine, theirs = RingData.load(ours), RingData.load(swifts)
    same(mine.to_dict(), theirs.to_dict())
    if FORMATS:
        same(mine.format_version, theirs.format_version, 'format')
    same(mine.replica_count, theirs.replica_count, 'replicas')
    with open(ours, 'rb') as a, open(swifts, 'rb') as b:
        return 'identical' if a.read() == b.read() else 'equal'


def rebalance(path, ring_path, version):
    builder = RingBuilder.load(path)
    builder.pretend_min_part_hours_passed()
    builder.rebalance(seed=1)
    builder.validate()
    builder.save(path)
    save(builder, ring_path, version)


def balance(path):
    return repr(RingBuilder.load(path).get_balance())


def repickle(path, protocol, target):
    with open(target, 'wb') as f:
        pickle.dump(load(path), f, protocol=int(protocol))


def formats():
    return '1 2' if FORMATS else '1'


VERBS = {f.__name__: f for f in (formats, make, step, compare, compare_ring, rebalance, balance, repickle)}

for line in sys.stdin:
    verb, *arguments = line.rstrip('\n').split('\t')
    try:
        answer = VERBS[verb](*arguments)
        print('ok', answer or '', flush=True)
    except Exception as e:
        traceback.print_exc()
        print('no', type(e).__name__, str(e).replace('\n', ' '), flush=True)
